package rpc

import (
	strategyv1 "github.com/slipway-build/slipway/sdk/proto/slipway/strategy/v1"
	"github.com/slipway-build/slipway/sdk/strategy"
)

func buildRequestToWire(r strategy.BuildRequest) *strategyv1.BuildRequest {
	return &strategyv1.BuildRequest{
		Id:        r.ID,
		Config:    r.Config,
		Target:    targetToWire(r.Target),
		Dirs:      dirsToWire(r.Dirs),
		Args:      r.Args,
		Labels:    r.Labels,
		Bases:     each(r.Bases, baseToWire),
		Epoch:     r.Epoch,
		Isolation: r.Isolation,
		NoCache:   r.NoCache,
		Storage:   storageToWire(r.Storage),
		Secrets:   r.Secrets,
		Timeout:   r.Timeout,
		Resources: resourcesToWire(r.Resources),
	}
}

func buildRequestFromWire(r *strategyv1.BuildRequest) strategy.BuildRequest {
	return strategy.BuildRequest{
		ID:        r.GetId(),
		Config:    r.GetConfig(),
		Target:    targetFromWire(r.GetTarget()),
		Dirs:      dirsFromWire(r.GetDirs()),
		Args:      r.GetArgs(),
		Labels:    r.GetLabels(),
		Bases:     each(r.GetBases(), baseFromWire),
		Epoch:     r.GetEpoch(),
		Isolation: r.GetIsolation(),
		NoCache:   r.GetNoCache(),
		Storage:   storageFromWire(r.GetStorage()),
		Secrets:   r.GetSecrets(),
		Timeout:   r.GetTimeout(),
		Resources: resourcesFromWire(r.GetResources()),
	}
}

func dirsToWire(d strategy.Dirs) *strategyv1.Dirs {
	return &strategyv1.Dirs{Workspace: d.Workspace, Output: d.Output, Scratch: d.Scratch, Cache: d.Cache}
}

func dirsFromWire(d *strategyv1.Dirs) strategy.Dirs {
	return strategy.Dirs{
		Workspace: d.GetWorkspace(), Output: d.GetOutput(), Scratch: d.GetScratch(), Cache: d.GetCache(),
	}
}

func baseToWire(b strategy.BaseImage) *strategyv1.BaseImage {
	return &strategyv1.BaseImage{
		Reference: b.Reference, Digest: b.Digest, ImageId: b.ImageID, Location: b.Location, Platform: b.Platform,
	}
}

func baseFromWire(b *strategyv1.BaseImage) strategy.BaseImage {
	return strategy.BaseImage{
		Reference: b.GetReference(), Digest: b.GetDigest(), ImageID: b.GetImageId(), Location: b.GetLocation(),
		Platform: b.GetPlatform(),
	}
}

func storageToWire(s strategy.Storage) *strategyv1.Storage {
	return &strategyv1.Storage{Driver: s.Driver, Root: s.Root, RunRoot: s.RunRoot, Options: s.Options}
}

func storageFromWire(s *strategyv1.Storage) strategy.Storage {
	return strategy.Storage{
		Driver: s.GetDriver(), Root: s.GetRoot(), RunRoot: s.GetRunRoot(), Options: s.GetOptions(),
	}
}

func resourcesToWire(r strategy.Resources) *strategyv1.Resources {
	if r == (strategy.Resources{}) {
		return nil
	}
	return &strategyv1.Resources{Memory: r.Memory, MilliCpus: r.MilliCPUs}
}

func resourcesFromWire(r *strategyv1.Resources) strategy.Resources {
	return strategy.Resources{Memory: r.GetMemory(), MilliCPUs: r.GetMilliCpus()}
}
