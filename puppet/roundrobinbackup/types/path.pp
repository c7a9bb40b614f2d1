# An absolute path of this machine, without control characters.
type Roundrobinbackup::Path = Pattern[/\A\/[^[:cntrl:]]*\z/]
