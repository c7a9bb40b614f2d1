# The command of a cron entry: words quoted for the shell, percent signs for cron.
# @api private
function roundrobinbackup::cron_line(String[1] $title, Array[String] $words) >> String {
  $line = $words.map |$word| { roundrobinbackup::shell_word($word) }.join(' ').regsubst('%', '\\\\%', 'G')
  $way_out = "put it into a script, or set scheduler => 'systemd'"
  if $line =~ /[\n\r]/ {
    fail("Backup \"${title}\": a cron entry is one line, but an argument has a line break; ${way_out}")
  }
  # cron counts bytes and cuts off what is more: count a character outside of ASCII as four.
  $bytes = $line.regsubst('[^\x00-\x7f]', 'four', 'G').length
  if $bytes > 998 {
    fail("Backup \"${title}\": cron takes commands of 998 bytes at most, this one has ${bytes}; ${way_out}")
  }
  $line
}
