# Variables as both cron and systemd can set them: no blank and no quote at either end of a value.
type Roundrobinbackup::Environment = Hash[
  Pattern[/\A[A-Za-z_]\w*\z/],
  Pattern[/\A([^[:cntrl:]\s"']([^[:cntrl:]]*[^[:cntrl:]\s"'])?)?\z/],
]
