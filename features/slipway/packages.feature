Feature: What an image installs counts as well
  A build that installs packages comes out differently when the packages have
  changed, and no file of the inventory tells. A package repository has an index
  that says which packages it holds: an image that adds it is made anew when that
  has changed, and only then.

  Background:
    Given a fleet of "keel" and of "hull", which is built on it
    And a package repository with the index:
      """
      oakum 1.0
      """
    And a file "inventory/images/keel/image.yml":
      """
      args: { PACKAGES: "{{ .packages }}" }
      """
    And "keel" also says "ARG PACKAGES" in its Dockerfile
    And "keel" also says "ADD $PACKAGES/index /usr/share/packages" in its Dockerfile
    And the fleet was launched

  Scenario: A package is released
    Given the package repository has the index:
      """
      oakum 1.1
      """
    When I say "slipway why hull"
    Then it says "waits for keel"
    And it says "/index changed"
    When I launch the fleet
    Then the exit code is 0
    And "keel" was built and "hull" was built
    And it promoted 2 images

  Scenario: No package is released
    When I launch the fleet from a fresh machine
    Then the exit code is 0
    And nothing was built again

  Scenario: Nobody knows whether a package is released
    Given the package repository is down
    When I say "slipway plan"
    Then the exit code is 4
    And it says "blocked"
    When I launch the fleet
    Then the exit code is 4
    And it promoted 0 images
