# Whether it is there.
type Roundrobinbackup::Ensure = Enum['present', 'absent']
