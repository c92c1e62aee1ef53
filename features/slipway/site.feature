@site
Feature: The reference site belongs to nobody
  What `slipway init` gives everybody builds to the same images for everybody.
  (Those with the Go toolchain in them are left out for their size.)

  Scenario: An ordinary user builds the reference site as root does
    Given the reference site with what its images need
    When I say "slipway push base,tools,tide,pages"
    Then the exit code is 0
    Given I note which images "base,tools,tide,pages" are
    When I become an ordinary user with a registry of my own
    And I say "slipway push base,tools,tide,pages"
    Then the exit code is 0
    And "base,tools,tide,pages" are the very same images
    When I say "slipway push base,tools,tide,pages"
    Then the exit code is 0
    And nothing has changed
    And nothing is left on the machine
