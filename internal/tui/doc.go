// Package tui is the full-screen terminal client. Run is its only mouth.
//
// Everything that people wrote, names and titles too, passes through clean before it is drawn: a terminal obeys escape
// sequences, and nobody's name may give it orders. Texts are wrapped and cut by the cells that they take, so that wide
// characters keep the columns straight. Each state is told in words or signs; colour only adds to them (NO_COLOR).
//
// model holds what is known and what is shown and changes in Update only, on the program's goroutine; requests run as
// commands of bubbletea and come back as messages. Drawing reads the model and alters nothing but caches. No message text
// and no name of anybody is logged.
package tui
