# A rate as rsync takes it: KiB a second, or a number with k, m or g.
type Roundrobinbackup::Rate = Variant[Integer[0], Pattern[/\A\d+(\.\d+)?[kKmMgG]?\z/]]
