# What packs archives.
type Roundrobinbackup::Compressor = Enum['auto', 'bzip2', 'lbzip2', 'pbzip2', 'gzip', 'pigz', 'xz', 'zstd', 'none']
