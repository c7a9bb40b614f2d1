# How many of a kind.
type Roundrobinbackup::Count = Integer[0, 99999]
