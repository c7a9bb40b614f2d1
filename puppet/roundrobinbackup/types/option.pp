# A word that is an option.
type Roundrobinbackup::Option = Pattern[/\A-[^[:cntrl:]]+\z/]
