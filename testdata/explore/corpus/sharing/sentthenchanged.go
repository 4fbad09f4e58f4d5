package sharing

// A parcel is handed from goroutine to goroutine.
type parcel struct {
	attempts int
	payload  string
}

// send hands the parcel over and counts the attempt.
func send(out chan<- *parcel, p *parcel) {
	out <- p
	p.attempts++
}

// sendFixed touches nothing that it has given away.
func sendFixed(out chan<- *parcel, p *parcel) {
	p.attempts++
	out <- p
}
