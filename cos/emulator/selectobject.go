package emulator

func (s *Server) selectObject(q *request) error {
	return refuse("NotImplemented", "SELECT is not there yet.")
}
