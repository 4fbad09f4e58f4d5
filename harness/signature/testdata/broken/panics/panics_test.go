package panics

import (
	"errors"
	"fmt"
	"os"
	"testing"
	"testing/synctest"
)

type account struct{ id, money int }

func (a *account) take(n int) { a.money -= n }

func TestNil(t *testing.T) { var a *account; a.take(3) }

func TestIndex(t *testing.T) { s := make([]int, os.Getpid()%1+3); i := 7; _ = s[i] }

func TestBackground(t *testing.T) {
	fmt.Print("no newline before ")
	done := make(chan bool)
	go func() { panic(errors.New("account 17 of \"alice\" at 0xc000123456 is gone")) }()
	<-done
}

type value struct{ a, b int }

func TestValue(t *testing.T) { panic(value{1, 2}) }

func TestNested(t *testing.T) {
	defer func() { panic("second") }()
	panic("first\nline two")
}

func TestExitZero(t *testing.T) { os.Exit(0) }

func TestBubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { <-make(chan int) })
}

func TestFirstPasses(t *testing.T) {}
func TestParallel(t *testing.T) {
	for i := range 3 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			if i == 1 {
				var a *account
				a.take(i)
			}
			<-make(chan int)
		})
	}
}
