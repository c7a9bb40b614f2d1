# What may be the title of a backup: it names a directory, a cron entry and units of systemd.
type Roundrobinbackup::Name = Pattern[/\A[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}\z/]
