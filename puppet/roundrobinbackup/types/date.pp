# A date written YYYY-MM-DD.
type Roundrobinbackup::Date = Pattern[
  /\A\d{4}-(0[13578]|1[02])-(0[1-9]|[12]\d|3[01])\z/,
  /\A\d{4}-(0[469]|11)-(0[1-9]|[12]\d|30)\z/,
  /\A\d{4}-02-(0[1-9]|[12]\d)\z/,
]
