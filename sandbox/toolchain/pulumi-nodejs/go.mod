module saas/sandbox/toolchain/pulumi-nodejs

go 1.26.0

require github.com/pulumi/pulumi/sdk/v3 v3.68.0

tool github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs
