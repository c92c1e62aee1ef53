Feature: Changes just to the Dockerfiles or container-assets do not completely represent when an image should change
  Sources and what was built from them count too, wherever they stand and
  whoever made them: an image is what went into it. So the plan asks for all of
  it, and for nothing else.

  Background:
    Given a fleet of "keel" and of "hull", which is built on it
    And a file "inventory/images/keel/src/engine.rb":
      """
      puts "one"
      """
    And a file "inventory/images/hull/dist/app.tar":
      """
      an artefact of the nightly build
      """
    And a file "inventory/images/hull/image.yml":
      """
      args: { RELEASE: '{{ .release | default "nightly" }}' }
      """
    And "keel" also says "COPY src /opt/src" in its Dockerfile
    And "hull" also says "COPY dist /opt/dist" in its Dockerfile
    And "hull" also says "ARG RELEASE" in its Dockerfile
    And "hull" also says "LABEL release=$RELEASE" in its Dockerfile
    And the fleet was launched

  Scenario: A build artefact is made anew
    Given a file "inventory/images/hull/dist/app.tar":
      """
      an artefact of the next nightly build
      """
    When I say "slipway plan"
    Then it says "dist/app.tar changed"
    When I launch the fleet
    Then the exit code is 0
    And "keel" was reused and "hull" was built

  Scenario: A source changes, and what stands on it follows
    Given a file "inventory/images/keel/src/engine.rb":
      """
      puts "two"
      """
    When I say "slipway why hull"
    Then it says "waits for keel"
    And it says "src/engine.rb changed"
    When I launch the fleet
    Then the exit code is 0
    And it promoted 2 images
    And "keel" was built and "hull" was built

  Scenario: A release is made of the same sources
    When I say "slipway plan -e release=3.0"
    Then it says "arg RELEASE changed"

  Scenario: A Dockerfile changes and the image does not
    Given "keel" also says "# a remark" in its Dockerfile
    When I say "slipway plan"
    Then it says "waits for keel"
    When I launch the fleet
    Then the exit code is 0
    And "keel" was built and "hull" was reused

  Scenario: What goes into no image counts for nothing
    Given a file "inventory/images/keel/README.md":
      """
      How to build an engine.
      """
    And a file "inventory/images/hull/image.yml":
      """
      # The release is what CI says.
      args: { RELEASE: '{{ .release | default "nightly" }}' }
      """
    When I launch the fleet
    Then the exit code is 0
    And nothing was built again
    And nothing has changed

  Scenario: A fresh machine knows as much
    When I launch the fleet from a fresh machine
    Then the exit code is 0
    And nothing was built again
