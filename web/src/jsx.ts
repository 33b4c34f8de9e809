// What JSX becomes: the build puts these names into each file that has any. Calls of `h` are shorter than those of Preact's
// other way, and need no second copy of how a node is made.

export { Fragment, h } from 'preact'
