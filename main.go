// Cosmander is a terminal file browser for Tencent Cloud COS.
package main

func main() {}
