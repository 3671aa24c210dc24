"""Pages of the privacy officers: audit, custody, holds, persons, the vault's jobs."""
