# Months as in a crontab, also by name: jan, feb, ...
type Roundrobinbackup::Month = Variant[
  Integer[1, 12],
  Roundrobinbackup::Cron_items,
  Array[Variant[Integer[1, 12], Roundrobinbackup::Cron_items], 1],
]
