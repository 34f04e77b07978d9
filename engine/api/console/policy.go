package console

import "strings"

// policy is the content security policy of the console. Scripts are files of the
// console only. Style elements, which the component library and the editor make
// as they run, need the nonce of the page. Images may be data, for the marks in
// style sheets; exports are made as blobs.
func policy(nonce string) string {
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self' 'nonce-" + nonce + "'",
		"img-src 'self' data:",
		"font-src 'self'",
		"connect-src 'self'",
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors 'none'",
	}, "; ")
}
