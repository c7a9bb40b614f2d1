# A command for the shell; it may have line breaks where it is no part of a cron entry.
type Roundrobinbackup::Command = Pattern[/\A[[:space:]]*[^[:cntrl:][:space:]]([^[:cntrl:]]|[\n\t])*\z/]
