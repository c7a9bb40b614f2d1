# The name of an account.
type Roundrobinbackup::Account = Pattern[/\A[A-Za-z_][A-Za-z0-9_.@+-]*\z/]
