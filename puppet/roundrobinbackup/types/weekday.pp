# Days of the week as in a crontab, 0 and 7 for Sunday, also by name: sun, mon, ...
type Roundrobinbackup::Weekday = Variant[
  Integer[0, 7],
  Roundrobinbackup::Cron_items,
  Array[Variant[Integer[0, 7], Roundrobinbackup::Cron_items], 1],
]
