# A checksum as sha256sum prints it.
type Roundrobinbackup::Sha256 = Pattern[/\A[0-9a-f]{64}\z/]
