# What names of archives start with.
type Roundrobinbackup::Prefix = Pattern[/\A[^[:cntrl:]\/]*\z/]
