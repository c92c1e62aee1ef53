Feature: A build is held to what it may use, or is not begun
  Who builds for others says how much a build may take. Where nothing would hold
  it to that, slipway says so, and does not build as if nothing had been said.

  Background:
    Given a fleet of "keel" and of "hull", which is built on it

  Scenario: Nothing holds a build to its bounds under chroot isolation
    Given a file "inventory/images/keel/image.yml":
      """
      resources: { memory: 1GiB }
      """
    When I launch the fleet
    Then the exit code is 6
    And no build was begun
    And it says "chroot isolation holds a build to no bounds"
    And it points to "inventory/images/keel/image.yml:1:12"

  @user
  Scenario: Nothing holds an ordinary user's build to its bounds
    Given a file "inventory/images/keel/image.yml":
      """
      isolation: oci
      resources: { memory: 1GiB }
      """
    When I become an ordinary user with a registry of my own
    And I launch the fleet
    Then the exit code is 2
    And it says "an ordinary user may make no control groups, so nothing would hold the build to its bounds"
    And it promoted 0 images
