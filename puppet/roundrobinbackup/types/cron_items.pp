# A field of a crontab as text: "5", "*/15", "0-30/10,45", "mon-fri"; its bounds are checked where it is used.
type Roundrobinbackup::Cron_items =
  Pattern[/\A((?<one>\d\d?|[a-z]{3})|(\*|\g<one>-\g<one>)(\/[1-9]\d?)?)(,(\g<one>|(\*|\g<one>-\g<one>)(\/[1-9]\d?)?))*\z/]
