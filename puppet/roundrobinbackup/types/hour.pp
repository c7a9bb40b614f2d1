# Hours as in a crontab.
type Roundrobinbackup::Hour = Variant[
  Integer[0, 23],
  Roundrobinbackup::Cron_items,
  Array[Variant[Integer[0, 23], Roundrobinbackup::Cron_items], 1],
]
