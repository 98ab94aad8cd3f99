package query

import "strconv"

// names are what the columns of the answer are called, so that no two are
// called the same. The zero value has none.
type names struct {
	list  []string       // as they are written, "" for no name
	first map[string]int // where each stands first
}

func newNames(list []string) names {
	first := make(map[string]int)
	for i, name := range list {
		if _, ok := first[name]; !ok && name != "" {
			first[name] = i
		}
	}
	return names{list, first}
}

// at returns the name of column i, counted from 0. A column without one, or
// with one that was there before, is called _N by its place, with more
// underscores if another one has that name.
func (n names) at(i int) string {
	if i < len(n.list) && n.list[i] != "" && n.first[n.list[i]] == i {
		return n.list[i]
	}
	name := "_" + strconv.Itoa(i+1)
	for {
		if _, ok := n.first[name]; !ok {
			return name
		}
		name = "_" + name
	}
}
