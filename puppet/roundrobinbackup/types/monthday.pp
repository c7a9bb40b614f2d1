# Days of the month as in a crontab.
type Roundrobinbackup::Monthday = Variant[
  Integer[1, 31],
  Roundrobinbackup::Cron_items,
  Array[Variant[Integer[1, 31], Roundrobinbackup::Cron_items], 1],
]
