// Package traillake is the root of the TrailLake module. It holds no code: see
// ARCHITECTURE.md for where things are.
package traillake
