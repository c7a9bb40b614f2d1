# A directory below the destination: relative, without "." and ".." in it.
type Roundrobinbackup::Mirror =
  Pattern[/\A(?!\.roundrobinbackup(\/|\z))(?!\.{1,2}(\/|\z))[^[:cntrl:]*?\[\/]+(\/(?!\.{1,2}(\/|\z))[^[:cntrl:]*?\[\/]+)*\/?\z/]
