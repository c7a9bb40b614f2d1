# Where the binary comes from: a local file, puppet:/// or http(s)://.
type Roundrobinbackup::Source = Variant[
  Roundrobinbackup::Path,
  Pattern[/\Apuppet:\/\/[^[:cntrl:] ]+\z/, /\Ahttps?:\/\/[^[:cntrl:] ]+\z/],
]
