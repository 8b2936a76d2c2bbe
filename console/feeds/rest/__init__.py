"""Sources that are asked again and again over HTTP, such as the open data portal data.go.kr."""
