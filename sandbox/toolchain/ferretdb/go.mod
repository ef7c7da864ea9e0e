module saas/sandbox/toolchain/ferretdb

go 1.26.0

require github.com/FerretDB/FerretDB v1.24.2

tool github.com/FerretDB/FerretDB/cmd/ferretdb
