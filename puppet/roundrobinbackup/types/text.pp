# Text without control characters, not empty.
type Roundrobinbackup::Text = Pattern[/\A[^[:cntrl:]]+\z/]
