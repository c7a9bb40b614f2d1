# An option of ssh_config(5), as Name=value.
type Roundrobinbackup::Ssh_option = Pattern[/\A[A-Za-z][A-Za-z0-9]*=[^[:cntrl:]]+\z/]
