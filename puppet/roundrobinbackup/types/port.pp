# A TCP port.
type Roundrobinbackup::Port = Integer[1, 65535]
