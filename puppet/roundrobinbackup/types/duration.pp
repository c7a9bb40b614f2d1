# Seconds, or a number with s, m or h.
type Roundrobinbackup::Duration = Variant[Integer[0], Pattern[/\A\d+[smh]?\z/]]
