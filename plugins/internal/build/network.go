package build

import nettypes "github.com/containers/common/libnetwork/types"

// hostNetwork stands where buildah wants a back end for private networks. All
// steps share the network of the caller, so no method is ever called; without
// it buildah would look for a back end that the machine need not have.
type hostNetwork struct{ nettypes.ContainerNetwork }
