# A host name, a name of ssh's configuration, or an address; IPv6 without brackets.
type Roundrobinbackup::Host = Pattern[
  /\A[A-Za-z0-9_]([A-Za-z0-9._-]{0,252}[A-Za-z0-9_])?\z/,
  /\A[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(%[A-Za-z0-9._-]+)?\z/,
]
