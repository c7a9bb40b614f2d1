# Minutes as in a crontab: a number, a text like "*/15", or a list of these.
type Roundrobinbackup::Minute = Variant[
  Integer[0, 59],
  Roundrobinbackup::Cron_items,
  Array[Variant[Integer[0, 59], Roundrobinbackup::Cron_items], 1],
]
