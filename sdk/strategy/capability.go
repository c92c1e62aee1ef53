package strategy

// Capabilities that a strategy may name in [DescribeResponse.Capabilities].
const (
	// CapabilityStop says that the strategy cleans up and completes when it is
	// asked to stop.
	CapabilityStop = "stop"
	// CapabilityStorage says that it can leave its result in the host's
	// container storage.
	CapabilityStorage = "storage"
	// CapabilityResources says that it holds what a build starts to
	// [BuildRequest.Resources], or fails when it cannot. Images with bounds are
	// refused for strategies without it.
	CapabilityResources = "resources"
)
