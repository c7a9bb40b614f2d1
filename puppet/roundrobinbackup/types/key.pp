# A public key as it stands in a .pub file: type, key and, if you like, a comment.
type Roundrobinbackup::Key = Pattern[
  /\Assh-(ed25519|rsa|dss) [A-Za-z0-9+\/]{16,}={0,3}( [^[:cntrl:]]*)?\z/,
  /\Aecdsa-sha2-nistp(256|384|521) [A-Za-z0-9+\/]{16,}={0,3}( [^[:cntrl:]]*)?\z/,
  /\Ask-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com [A-Za-z0-9+\/]{16,}={0,3}( [^[:cntrl:]]*)?\z/,
]
