// Package qrcode draws QR codes (ISO/IEC 18004) as paths of SVG, which a page can carry in itself: its policy needs no
// other source for them.
package qrcode
