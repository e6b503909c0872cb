"""Payment providers behind one port (`base`), one package each; bank statements (`bank`) and VietQR codes (`vietqr`)."""
