package cos

// CombineCRC64 returns the CRC-64/XZ of A followed by B, from the sums of both
// and the length of B in bytes.
func CombineCRC64(a, b uint64, lenB int64) uint64 { return 0 }
