# What starts backups.
type Roundrobinbackup::Schedule = Enum['cron', 'systemd']
