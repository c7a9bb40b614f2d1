# A capability of Linux.
type Roundrobinbackup::Capability = Pattern[/\ACAP_[A-Z_]+\z/]
