# A path on the server, absolute or below the home directory there: nothing in it that is expanded there.
type Roundrobinbackup::Remote_path = Pattern[/\A[^[:cntrl:]*?\[~:-][^[:cntrl:]*?\[]*\z/]
