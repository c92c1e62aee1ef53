@site
Feature: The reference site belongs to nobody
  What `slipway init` gives everybody builds to the same images for everybody:
  the image ID of a parent is what its children's keys hold, so nothing may show
  in it of who built it, when, where and how.

  Scenario: Whoever builds the reference site, wherever, makes the same images
    Given the reference site with what its images need
    When I say "slipway push all"
    Then the exit code is 0
    Given I note which images "base,tools,tide,pages,golang,api,web-builder,web" are
    When I become an ordinary user with a registry of my own
    And my storage is of the other kind
    And my containers are kept apart in the other way
    And I say "slipway push base,tools,golang"
    Then the exit code is 0
    When somebody gives every image in my storage a name of his own
    And I say "slipway push all"
    Then the exit code is 0
    And "base" was reused and "web" was built
    And "base,tools,tide,pages,golang,api,web-builder,web" are the very same images
    When I say "slipway push all"
    Then the exit code is 0
    And nothing has changed
    And nothing is left on the machine
