package jobs

import (
	"io"

	"cosmander/cos"
	"cosmander/cse"
)

// Secret is how the content of one object is encrypted, with its key. Safe for
// concurrent use.
type Secret struct {
	sealing
	Key string // the name of the master key
	// Checked: the object has a checksum that tells whether content and length
	// are what was encrypted. Others can be read, and nothing shows that they
	// are right, not even the key.
	Checked bool
}

// KID is the fingerprint of the master key; empty if the object names none.
func (s *Secret) KID() string { return s.env.KID }

// Unseal opens the data key of an object; nil if it is not encrypted. The error
// says what the object is and what is missing, see [cse.Keyring.Open].
func Unseal(keys *cse.Keyring, head *cos.Head) (*Secret, error) {
	env, encrypted, err := cse.Detect(head.Headers.Meta)
	if err != nil || !encrypted {
		return nil, err
	}
	d, name, err := keys.Open(env, head.Size)
	if err != nil {
		return nil, err
	}
	defer d.Wipe()
	return &Secret{sealing{d.Sealer(), env}, name, env.MAC != nil}, nil
}

// Encrypted reports that an object is encrypted, or seems to be, and names the
// fingerprint of its master key where it tells one.
func Encrypted(head *cos.Head) (kid string, yes bool) {
	env, yes, _ := cse.Detect(head.Headers.Meta) // one that is damaged is not plain
	return env.KID, yes
}

func encrypted(head *cos.Head) bool {
	_, yes := Encrypted(head)
	return yes
}

// Whole decrypts an object that is written to it from its first byte to its
// last. Not safe for concurrent use.
type Whole struct {
	s    *Secret
	to   io.Writer
	seen *checker
}

// Whole returns a writer that passes what was encrypted on to w.
func (s *Secret) Whole(size int64, w io.Writer) *Whole { return &Whole{s, w, s.checker(size)} }

// Write implements [io.Writer].
func (w *Whole) Write(p []byte) (int, error) {
	plain := append([]byte(nil), p...)
	w.s.XOR(plain, w.seen.off)
	n, err := w.to.Write(plain)
	w.seen.add(p[:n])
	return n, err
}

// Verify is asked at the end: it returns an error if what was written is not
// what was encrypted. Without a checksum it says nothing.
func (w *Whole) Verify() error { return w.seen.verify() }

// checker sees all of a ciphertext, in order, for its keyed checksum.
type checker struct {
	s    *Secret
	mac  *cse.MAC
	off  int64
	leaf []byte // whose end has not come
	err  error
}

func (s *Secret) checker(size int64) *checker { return &checker{s: s, mac: s.NewMAC(size)} }

func (c *checker) add(p []byte) {
	for len(p) > 0 {
		piece := p[:min(len(p), cse.LeafSize-len(c.leaf))]
		c.leaf, c.off, p = append(c.leaf, piece...), c.off+int64(len(piece)), p[len(piece):]
		if len(c.leaf) == cse.LeafSize {
			c.close()
		}
	}
}

func (c *checker) close() {
	if err := c.mac.Leaf((c.off-1)/cse.LeafSize, c.leaf); c.err == nil {
		c.err = err
	}
	c.leaf = c.leaf[:0]
}

func (c *checker) verify() error {
	if !c.s.Checked {
		return nil
	}
	if len(c.leaf) > 0 {
		c.close()
	}
	if c.err != nil {
		return c.err
	}
	return c.mac.Verify(c.s.env.MAC)
}
